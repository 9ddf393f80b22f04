// Of Dangol it says nothing; the folder above belongs to others.
export default { outputFileTracingRoot: import.meta.dirname, turbopack: { root: import.meta.dirname } };
