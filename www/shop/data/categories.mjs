// The shop's shelves. `new` and `sale` are views over all products.
export const CATEGORIES = [
  { id: "new", ko: "신상품", en: "New in" },
  { id: "outer", ko: "아우터", en: "Outerwear" },
  { id: "knit", ko: "니트", en: "Knitwear" },
  { id: "top", ko: "상의", en: "Tops" },
  { id: "bottom", ko: "하의", en: "Bottoms" },
  { id: "dress", ko: "원피스", en: "Dresses" },
  { id: "bag", ko: "가방", en: "Bags" },
  { id: "shoes", ko: "신발", en: "Shoes" },
  { id: "acc", ko: "소품", en: "Accessories" },
  { id: "sale", ko: "시즌 세일", en: "Season sale" },
];

export const categoryOf = (id) => CATEGORIES.find((category) => category.id === id);
