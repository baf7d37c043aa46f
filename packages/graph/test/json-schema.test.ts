import { join } from 'node:path'
import { jsonSchema } from '@udpng/graph'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { filesIn, types } from './read.js'

const file = join(import.meta.dirname, '../schema/graph.schema.json')
const validate = new Ajv({ strict: false, allErrors: true }).compile(jsonSchema())

/** Wrong in a way that only reading it shows: which boxes there are, what fits, what a constructor or YAML refuses. */
const beyond = new Set([
  'aliases.yaml',
  'duplicate-outbox.yaml',
  'duplicate-part.yaml',
  'keys.yaml',
  'laughs.yaml',
  'merge.yaml',
  'no-fit.yaml',
  'prototype.yaml',
  'refused-options.yaml',
  'self.yaml',
  'syntax-twice.yaml',
  'syntax.yaml',
  'tabs.yaml',
  'tags.yaml',
  'twice-to-one-inbox.yaml',
  'two-documents.yaml',
  'unknown-box.yaml',
  'unknown-part.yaml',
  'wrong-side.yaml',
])

describe('the JSON Schema of graph files', () => {
  it('CLI-61 is in the package as it follows from what is read (vitest -u writes it)', async () => {
    await expect(`${JSON.stringify(jsonSchema(), undefined, 2)}\n`).toMatchFileSnapshot(file)
  })

  it.each(filesIn('good'))('CLI-61 another validator finds %s good', (_, text) => {
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true)
  })

  it.each(filesIn('wrong').filter(([name]) => !beyond.has(name)))(
    'CLI-61 another validator finds %s wrong',
    (_, text) => {
      expect(validate(parse(text, { schema: 'core' }))).toBe(false)
    },
  )

  it.each([...types.values()])('CLI-61 it describes $name and each of its options', (type) => {
    const { parts } = jsonSchema()['properties'] as { parts: { additionalProperties: object } }
    const { anyOf } = parts.additionalProperties as {
      anyOf: {
        description: string
        properties: Record<string, { const?: string; description?: string }>
      }[]
    }
    const found = anyOf.find(({ properties }) => properties['component']?.const === type.name)
    expect(found?.description).toBe(type.known?.summary)
    const { component, ...options } = found?.properties ?? {}
    expect(Object.keys(options)).toEqual(Object.keys(type.known?.options.shape ?? {}))
    for (const [name, { description }] of Object.entries(options))
      expect(description, name).toMatch(/\w/)
  })

  it('CLI-61 lets custom components have any options', () => {
    const part = (component: unknown): boolean =>
      validate({ parts: { MINE: { component, anything: [1, { goes: true }] } } })
    expect(part('MyComponent')).toBe(true)
    expect(part('UDPSender')).toBe(false)
    expect(part(3)).toBe(false)
  })
})
