import { z } from 'zod'
import { builtIn } from './components/built-in.js'
import type { ComponentType } from './components/component-type.js'
import { graphShape, linkageShape, NAME, PORT } from './graph-shape.js'

/** A JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * Returns the JSON Schema of graph files, for editors. It describes the built-in components, and accepts any other component.
 */
export function jsonSchema(): JsonSchema {
  const types = builtIn()
  const graph = graphShape(partShape(types), linkageShape())
  const schema = z.toJSONSchema(graph, { target: 'draft-7', unrepresentable: 'any' }) as {
    properties: Record<'parts' | 'linkages', Record<string, unknown>>
  }
  const { parts, linkages } = schema.properties
  parts['propertyNames'] = { pattern: NAME }
  parts['minProperties'] = 1
  linkages['propertyNames'] = { pattern: PORT }
  return { ...schema, title: 'A graph of components, for udpng run' }
}

function partShape(types: readonly ComponentType[]): z.ZodType {
  const names = types.map(({ name }) => name)
  const known = types.flatMap(({ name, known }) =>
    known
      ? [
          z
            .strictObject({ component: z.literal(name), ...known.options.shape })
            .describe(known.summary),
        ]
      : [],
  )
  const other = z
    .looseObject({ component: z.string().meta({ not: { enum: names } }) })
    .describe('a component of your own: see --import of the command, and components of readGraph')
  return z.union([...known, other]).meta({ type: 'object', required: ['component'] })
}
