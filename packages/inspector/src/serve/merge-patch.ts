/** A JSON Merge Patch (RFC 7396): `null` removes a member. */
export interface MergePatch {
  readonly [key: string]: unknown
}

/**
 * Returns the JSON Merge Patch that turns `before` into `after`, plain objects without `null`; undefined if nothing has changed. A
 * member that is the same object in both counts as unchanged, without a comparison.
 *
 * @see RFC 7396
 */
export function mergePatch(before: object, after: object): MergePatch | undefined {
  const changes: [key: string, value: unknown][] = []
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) changes.push([key, null])
  for (const [key, value] of Object.entries(after)) {
    const old: unknown = Object.getOwnPropertyDescriptor(before, key)?.value
    if (value === old) continue
    const inner = isObject(value) && isObject(old) ? mergePatch(old, value) : value
    if (inner !== undefined) changes.push([key, inner])
  }
  // So that every name is a member, even `__proto__`.
  return changes.length > 0 ? Object.fromEntries(changes) : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
