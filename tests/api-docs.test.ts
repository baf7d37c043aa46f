import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root, run } from './workspace.js'

test('typedoc makes the reference of all packages without a warning', async () => {
  const out = await mkdtemp(join(tmpdir(), 'udpng-docs-'))
  try {
    const directory = join(root, 'tools', 'api-docs')
    const typedoc = join(directory, 'node_modules', 'typedoc', 'bin', 'typedoc')
    const made = await run(process.execPath, [typedoc, '--out', out], { cwd: directory })
    expect(`${made.stdout}${made.stderr}`).not.toMatch(/warning/)
    expect(made.code).toBe(0)
  } finally {
    await rm(out, { recursive: true })
  }
})
