import { z } from 'zod'

/*
 * Shapes of single options. The message of each says what the value must be; it stands in errors after "it must be".
 */

export function text(must = 'text'): z.ZodString {
  return z.string({ error: must })
}

export function someText(must = 'text that is not empty'): z.ZodString {
  return text(must).min(1, { error: must })
}

export function flag(): z.ZodBoolean {
  return z.boolean({ error: 'true or false' })
}

export function whole(least: number, most: number, unit = ''): z.ZodNumber {
  const error = `a whole number${unit && ` ${unit}`} from ${least} to ${most}`
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error })
}

/** A finite number above 0. */
export function positive(unit: string): z.ZodNumber {
  const error = `a number ${unit} > 0`
  return z.number({ error }).gt(0, { error })
}

export function oneOf<const T extends readonly (string | number)[]>(
  ...values: T
): z.ZodLiteral<T[number]> {
  return z.literal(values, {
    error: values.map((value) => JSON.stringify(value)).join(' or '),
  })
}

/** Items of any kind, at least one. */
export function items(): z.ZodArray<z.ZodUnknown> {
  const error = 'a list of one item or more'
  return z.array(z.unknown(), { error }).min(1, { error })
}

/** Addresses `[host, port]` to send to, at least one. */
export function addresses(): z.ZodArray<z.ZodTuple<[z.ZodString, z.ZodNumber], null>> {
  const error = 'a list of one [host, port] or more'
  const address = z.tuple([text('a host name or IP address'), whole(1, 65535)], {
    error: 'a host and a port, [host, port]',
  })
  return z.array(address, { error }).min(1, { error })
}

/** Milliseconds, as long as a timer can be. */
export function milliseconds(): z.ZodNumber {
  return whole(0, 0x7fffffff, 'of milliseconds')
}

export function bytes(): z.ZodNumber {
  return whole(1, 0x7fffffff, 'of bytes')
}
