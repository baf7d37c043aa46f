/** Caches the result of `make` for the last argument. */
export function oncePer<T extends object, R>(make: (thing: T) => R): (thing: T) => R {
  let last: { readonly thing: T; readonly made: R } | undefined
  return (thing) => {
    if (last?.thing !== thing) last = { thing, made: make(thing) }
    return last.made
  }
}
