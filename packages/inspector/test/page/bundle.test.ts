import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildPage } from './build-page.js'

const root = join(import.meta.dirname, '../..')
const built = join(root, 'dist/page')

describe('the built page', () => {
  beforeAll(buildPage)

  it('INS-59 weighs at most 152 kB of scripts, and does not install its libraries', () => {
    const scripts = readdirSync(join(built, 'assets'))
      .filter((name) => name.endsWith('.js'))
      .map((name) => readFileSync(join(built, 'assets', name)))
    const bytes = scripts.reduce((sum, { length }) => sum + length, 0)
    expect(bytes).toBeGreaterThan(100_000)
    expect(bytes).toBeLessThan(152_000)
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const library of ['preact', 'uplot', '@dagrejs/dagre', 'vite', 'playwright-core'])
      expect(manifest.dependencies).not.toHaveProperty(library)
    const licenses = readFileSync(join(built, 'licenses.md'), 'utf8')
    for (const library of ['preact', 'uplot', '@dagrejs/dagre']) expect(licenses).toContain(library)
  })

  it('INS-59 has nothing inline, nothing from elsewhere, and makes no elements of text', () => {
    const html = readFileSync(join(built, 'index.html'), 'utf8')
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|https?:/)
    const sources = readdirSync(join(root, 'page'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readFileSync(join(root, 'page', name), 'utf8'))
    for (const source of sources)
      expect(source).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/)
  })
})
