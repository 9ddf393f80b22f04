// A server component: the provider and the slot are used as they are.
import { DangolProvider, DangolSlot } from "dangol/react";
import config from "../campaigns.json";

export const metadata = { title: "shop" };

export default function Layout({ children }) {
  return (
    <html lang="ko">
      <body>
        <DangolProvider options={{ config, consent: "granted" }}>
          <DangolSlot name="hero" className="hero" />
          {children}
        </DangolProvider>
      </body>
    </html>
  );
}
