// Two pages; of Dangol it says nothing.
export default { build: { rollupOptions: { input: ["index.html", "slim.html"] } } };
