/** The same keys, with any text. */
export type Deep<T> = { readonly [K in keyof T]: T[K] extends string ? string : Deep<T[K]> };
