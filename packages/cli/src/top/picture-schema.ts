import type { Picture } from '@udpng/inspector'
import { z } from 'zod'

/** As much of a picture as a table shows; what a newer inspector gives beside it is let through. */
export function pictureSchema(): z.ZodType<
  Pick<Picture, 'time' | 'components' | 'links' | 'more' | 'account'>
> {
  const count = z.number()
  const counts = z.record(z.string(), count)
  const bounds = z.looseObject({ atLeast: count, about: count, atMost: count })
  const plumbing = z.literal(true).optional()
  const inbox = z.looseObject({
    plumbing,
    length: count,
    capacity: count.optional(),
    taken: count,
    dropped: count,
  })
  const component = z.looseObject({
    id: count,
    state: z.enum(['ready', 'paused', 'waiting', 'ended', 'failed']),
    parent: z.string().optional(),
    plumbing,
    inboxes: z.record(z.string(), inbox),
    outboxes: z.record(z.string(), z.looseObject({ plumbing, sent: count })),
    drops: counts,
    kernelDrops: bounds.optional(),
    datagrams: z.looseObject({ received: count, sent: count }).optional(),
    readAt: count.optional(),
    address: z.string().optional(),
    error: z.looseObject({ message: z.string() }).optional(),
  })
  return z.looseObject({
    time: count,
    components: z.record(z.string(), component),
    more: count,
    links: z.record(z.string(), z.string()),
    account: z.looseObject({
      dropped: counts,
      kernelDrops: bounds.optional(),
      unaccounted: count,
      readAt: count.optional(),
    }),
  }) as unknown as z.ZodType<Picture>
}
