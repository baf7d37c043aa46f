import type { Picture } from '@udpng/inspector'
import { z } from 'zod'

/** As much of a picture as a table shows; what a newer inspector tells besides is let through. */
export function pictureSchema(): z.ZodType<
  Pick<Picture, 'time' | 'components' | 'links' | 'more'>
> {
  const count = z.number()
  const counts = z.record(z.string(), count)
  const inbox = z.looseObject({
    length: count,
    capacity: count.optional(),
    taken: count,
    dropped: count,
  })
  const component = z.looseObject({
    state: z.enum(['ready', 'paused', 'waiting', 'ended', 'failed']),
    parent: z.string().optional(),
    inboxes: z.record(z.string(), inbox),
    outboxes: z.record(z.string(), z.looseObject({ sent: count })),
    drops: counts,
    stats: counts.optional(),
    address: z.string().optional(),
    error: z.looseObject({ message: z.string() }).optional(),
  })
  return z.looseObject({
    time: count,
    components: z.record(z.string(), component),
    more: count,
    links: z.record(z.string(), z.string()),
  }) as unknown as z.ZodType<Picture>
}
