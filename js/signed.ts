/** How a signed configuration begins, see `src/domain/signed`. */
export const SIGNED = '{"dangol":"signed/1"';

/** The configuration in a text, behind the two lines of a signed one. Verifies nothing. */
export const payloadOf = (text: string): string => (text.startsWith(SIGNED) ? text.split("\n").slice(2).join("\n") : text);
