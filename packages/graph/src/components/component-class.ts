import { Component } from '@udpng/core'

/** A class of components, constructed with one argument: an object with the options of its part. */
// biome-ignore lint/suspicious/noExplicitAny: each class says what its options are
export type ComponentClass = new (options: any) => Component

/** Returns whether a value is a class that extends this copy's Component and has a `main`; Component itself has none. */
export function isComponentClass(value: unknown): value is ComponentClass {
  return typeof value === 'function' && value.prototype instanceof Component && hasMain(value)
}

/** Returns whether a value is a class of components of another copy of the package. */
export function isForeignClass(value: unknown): boolean {
  return typeof value === 'function' && hasMain(value) && !isComponentClass(value)
}

function hasMain(value: { readonly prototype?: { readonly main?: unknown } }): boolean {
  return typeof value.prototype?.main === 'function'
}
