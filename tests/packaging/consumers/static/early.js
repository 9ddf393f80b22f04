dangol.track("Product Viewed", { name: "코트" });
