"use client";
import Link from "next/link";
import { useEffect } from "react";
import { useDangol, useSegments } from "dangol/react";

export default function Shop() {
  const dangol = useDangol();
  const segments = useSegments();
  useEffect(() => { window.dangol = dangol; }, [dangol]);
  return (
    <main>
      <h1>코트</h1>
      <p id="segments">{segments.join(" ") || "none"}</p>
      <button id="view" onClick={() => dangol.track("Product Viewed", { name: "코트" })}>보기</button>
      <Link id="bag" href="/bag">장바구니</Link>
    </main>
  );
}
