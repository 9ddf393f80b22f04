"use client";
import Link from "next/link";
import { useEffect } from "react";
import { useCoupons, useDangol, useMessages, useSegment, useSegments } from "dangol/react";

export default function Shop() {
  const dangol = useDangol();
  const segments = useSegments();
  const coupons = useCoupons();
  const messages = useMessages();
  const viewer = useSegment("viewer");
  useEffect(() => { window.dangol = dangol; }, [dangol]);
  return (
    <main>
      <h1>코트</h1>
      <p id="segments">{segments.join(" ") || "none"}</p>
      <p id="known">{`${viewer} ${coupons.length} ${messages.length}`}</p>
      <button id="view" onClick={() => dangol.track("Product Viewed", { name: "코트" })}>보기</button>
      <Link id="bag" href="/bag">장바구니</Link>
    </main>
  );
}
