/**
 * The measures of a line that can be known without reading it. Needs nothing, so that a thread of its own has it at once.
 */

/** The byte that ends a line. */
export const newline = 10

/** The longest line, its newline included. */
export const maxBytes = 16 * 1024

// A trailer is `,"h":"`, 43 characters, `","c":"`, 8 digits, `"}`: these stand at fixed distances from the end.
export const crcStart = 16
export const hashStart = 66

/** Bytes of a line's trailer. */
export const trailerBytes = hashStart

/** The `h` that a line ends with. */
export const hashOf = (text: string): string => text.slice(-hashStart + 6, -crcStart - 1)
