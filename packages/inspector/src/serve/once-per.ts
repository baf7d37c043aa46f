/** What `make` gives for a thing, made once for as long as it is the same thing that is asked about. */
export function oncePer<T extends object, R>(make: (thing: T) => R): (thing: T) => R {
  let last: { readonly thing: T; readonly made: R } | undefined
  return (thing) => {
    if (last?.thing !== thing) last = { thing, made: make(thing) }
    return last.made
  }
}
