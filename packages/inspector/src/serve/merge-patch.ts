/** A JSON Merge Patch (RFC 7396): `null` removes a member. */
export interface MergePatch {
  readonly [key: string]: unknown
}

/**
 * The JSON Merge Patch that makes `after` of `before`, which are plain objects without `null`; undefined when nothing has changed. What is
 * the same object in both is taken as unchanged without a look.
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
  // Whatever they are called: `__proto__`, too, is a member then.
  return changes.length > 0 ? Object.fromEntries(changes) : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
