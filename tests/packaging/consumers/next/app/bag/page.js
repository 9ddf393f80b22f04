export default function Bag() {
  return <h1>장바구니</h1>;
}
