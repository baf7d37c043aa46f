/** A JSON value without `null`. */
type Json =
  | string
  | number
  | boolean
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/** What turns one object into another: `null` removes a member. Undefined when nothing has changed. */
export type MergePatch = { [key: string]: MergePatch | Json | null }

/**
 * The JSON Merge Patch that makes `after` of `before`. What is the same object in both is taken as unchanged without a look.
 *
 * @see RFC 7396
 */
export function mergePatch(before: object, after: object): MergePatch | undefined {
  const patch: MergePatch = {}
  let changed = false
  const change = (key: string, value: MergePatch | Json | null): void => {
    changed = true
    patch[key] = value
  }
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) change(key, null)
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? (before as Record<string, unknown>)[key] : undefined
    if (value === old) continue
    if (isObject(value) && isObject(old)) {
      const inner = mergePatch(old, value)
      if (inner) change(key, inner)
    } else change(key, value)
  }
  return changed ? patch : undefined
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
