// Nothing of Dangol here either. The files name their environment.
export default { test: { include: ["*.spec.js"] } };
