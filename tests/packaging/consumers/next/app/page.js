import Shop from "./shop.js";

export default function Page() {
  return <Shop />;
}
