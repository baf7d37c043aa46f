import { hint, show } from '@udpng/core/options'
import type { z } from 'zod'
import type { Diagnostics } from './diagnostics.js'
import type { Path, YamlDocument } from './yaml-document.js'

/** A file being checked, and the diagnostics so far. */
export interface Findings {
  readonly document: YamlDocument
  readonly diagnostics: Diagnostics
}

/** Reports why a value does not fit a shape, each problem at its place. */
export function object(
  { document, diagnostics }: Findings,
  path: Path,
  value: unknown,
  { shape, owner }: { readonly shape: z.ZodType; readonly owner: string },
): boolean {
  const { error } = shape.safeParse(value)
  for (const issue of error?.issues ?? []) {
    const place = [...path, ...issue.path]
    const name = nameOf(issue.path, owner)
    if (issue.code === 'unrecognized_keys') {
      const known = keysOf(shape, issue.path)
      const whose = issue.path.length > 0 ? `${name} of ${owner}` : owner
      for (const key of issue.keys)
        diagnostics.add(
          document.key([...place, key]),
          `${whose} has no ${show(key)}${known.length > 0 ? `; ${hint(key, known, 'it has')}` : ''}`,
        )
      continue
    }
    const found = issue.path.reduce<unknown>((within, step) => Object(within)[step], value)
    const must = `it must be ${issue.message}`
    if (found === undefined) diagnostics.add(document.key(place), `${owner} lacks ${name}; ${must}`)
    else diagnostics.add(document.at(place), `${name} is ${show(found)}; ${must}`)
  }
  return error === undefined
}

/** The name of a value in errors: `multicast.groups`, `OUT.signal[1]`. */
function nameOf(path: Path, owner: string): string {
  let name = ''
  for (const step of path)
    if (typeof step === 'number') name = `${name || owner}[${step}]`
    else name += `${name && '.'}${String(step)}`
  return name || owner
}

/** The keys that an object may have, somewhere in a shape. */
function keysOf(shape: z.ZodType, path: Path): readonly string[] {
  let at: unknown = shape
  for (const step of [...path, undefined]) {
    while (at && typeof at === 'object' && 'unwrap' in at && typeof at.unwrap === 'function')
      at = at.unwrap() as unknown
    if (step !== undefined) at = (at as z.ZodObject | undefined)?.shape?.[String(step)]
  }
  return Object.keys((at as z.ZodObject | undefined)?.shape ?? {})
}
