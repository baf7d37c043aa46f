import type { Sample } from '@udpng/dgram'
import { z } from 'zod'

/** The shape of a sample, as far as it is used. */
export function sampleSchema(): z.ZodType<Sample> {
  const count = z.number()
  const counts = z.record(z.string(), count)
  const path = z.looseObject({ lost: counts })
  const stats = {
    local: z.tuple([z.string(), count]).optional(),
    received: count,
    receivedBytes: count,
    sent: count,
    sentBytes: count,
    failed: counts,
    unsent: count,
    unread: count,
    receiveErrors: count,
    refused: count.optional(),
    kernelDrops: z.object({ atLeast: count, about: count, atMost: count }).optional(),
    impairment: z.object({ sent: path, received: path }).optional(),
  }
  const sockets = z.array(z.object({ id: count, ...stats }))
  return z.object({
    time: count,
    pid: count,
    thread: count,
    script: z.string(),
    open: sockets,
    closed: sockets,
    others: z.object({ sockets: count, sum: z.object(stats) }).optional(),
    more: count,
  }) as unknown as z.ZodType<Sample>
}
