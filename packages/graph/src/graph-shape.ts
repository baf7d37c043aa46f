import { z } from 'zod'

/** Valid names of parts. A dot would end the name in a linkage. */
export const NAME = '^(?!self$)\\p{L}[\\p{L}\\p{N}_\\-]*$'
/** A box of a part, or of the graph. */
export const PORT = '^\\p{L}[\\p{L}\\p{N}_\\-]*\\.[\\p{L}_][\\p{L}\\p{N}_]*$'

const ONE_OR_MORE = 'a box such as OUT.inbox, or a list of them'

/** The shape of a graph, given that of its parts. */
export function graphShape(part: z.ZodType, linkage: z.ZodType): z.ZodObject {
  const parts = 'a map of names and components'
  const linkages = 'a map of outboxes and inboxes'
  return z.strictObject(
    {
      parts: z
        .record(z.string(), part, { error: parts })
        .describe('the components, by the names that linkages call them'),
      linkages: z
        .record(z.string(), linkage, { error: linkages })
        .optional()
        .describe('the linkages: PART.outbox: PART.inbox'),
    },
    { error: 'a map of parts and linkages' },
  )
}

/** The destination of an outbox: an inbox, or a list of inboxes. */
export function linkageShape(): z.ZodType<string | string[]> {
  const port = z.string({ error: ONE_OR_MORE }).regex(new RegExp(PORT, 'u'), { error: ONE_OR_MORE })
  const error = ONE_OR_MORE
  return z.union([port, z.array(port, { error }).min(1, { error })], { error })
}
