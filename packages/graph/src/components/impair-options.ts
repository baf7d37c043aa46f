import { z } from 'zod'
import type { Shapes } from './define.js'
import { flag, oneOf, whole } from './option-shapes.js'

/** Options of Impair. */
export function impairOptions(): Shapes {
  const bursts = 'a number from 0 to 1, or a map with enter, leave, bad, good'
  return {
    delayMs: amount('of milliseconds').describe('how long each takes, ms'),
    jitterMs: amount('of milliseconds').describe('how much longer or shorter, ms'),
    distribution: oneOf('uniform', 'normal')
      .optional()
      .describe('how the jitter is distributed (default uniform)'),
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
      .describe('probability that one is lost, or loss in bursts'),
    duplicate: share('comes twice'),
    reorder: share('takes no delayMs, and so overtakes others'),
    corrupt: share('has one bit turned'),
    truncate: share('is cut short'),
    rate: amount('of bits per second').describe('bits per second'),
    queueBytes: amount('of bytes').describe('bytes that may wait for the rate (default 262144)'),
    mtu: whole(68, 1_000_000).optional().describe('longest packet, bytes (default 1500)'),
    blocked: flag().optional().describe('nothing passes (default false)'),
    seed: whole(0, Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('what all that is random follows from (default 0)'),
    limit: whole(1, 1_000_000_000)
      .optional()
      .describe('messages under way at most (default 100000)'),
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
  const error = `a number ${unit}, from 0 on`
  return z.number({ error }).min(0, { error }).optional()
}
