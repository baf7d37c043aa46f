import { z } from 'zod'
import type { Shapes } from './define.js'
import { flag, oneOf, whole } from './option-shapes.js'

/** Options of Impair. */
export function impairOptions(): Shapes {
  const bursts = 'a number from 0 to 1, or a map with enter, leave, bad, good'
  return {
    delayMs: amount('of milliseconds').describe('delay, ms'),
    jitterMs: amount('of milliseconds').describe('variation of the delay, ms'),
    distribution: oneOf('uniform', 'normal')
      .optional()
      .describe('distribution of the jitter (default uniform)'),
    loss: z
      .union(
        [
          z.number().min(0).max(1),
          z.strictObject({
            enter: z.number(),
            leave: z.number(),
            bad: z.number().optional(),
            good: z.number().optional(),
          }),
        ],
        { error: bursts },
      )
      .optional()
      .describe('probability of loss, or loss in bursts'),
    duplicate: share('arrives twice'),
    reorder: share('skips delayMs, and overtakes others'),
    corrupt: share('has one bit flipped'),
    truncate: share('is truncated'),
    rate: amount('of bits per second').describe('rate limit, bits per second'),
    queueBytes: amount('of bytes').describe(
      'size of the queue for the rate limit, bytes (default 262144)',
    ),
    mtu: whole(68, 1_000_000).optional().describe('longest packet, bytes (default 1500)'),
    blocked: flag().optional().describe('network partition: nothing passes (default false)'),
    seed: whole(0, Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('seed of all random decisions (default 0)'),
    limit: whole(1, 1_000_000_000)
      .optional()
      .describe('maximum number of messages in flight (default 100000)'),
  }
}

function share(what: string): z.ZodType {
  const error = 'a number from 0 to 1'
  return z
    .number({ error })
    .min(0, { error })
    .max(1, { error })
    .optional()
    .describe(`probability that one ${what}`)
}

function amount(unit: string): z.ZodType {
  const error = `a number ${unit} >= 0`
  return z.number({ error }).min(0, { error }).optional()
}
