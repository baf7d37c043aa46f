import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Scheduler } from '@udpng/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Watch } from '../src/observe/watch.js'
import { readPage } from '../src/serve/page.js'
import { routesOf } from '../src/serve/routes.js'
import { WebServer } from '../src/serve/web-server.js'
import { ask } from './client.js'

describe('the page', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'udpng-page-'))
  const url = pathToFileURL(`${folder}/page/`)
  const watch = new Watch(new Scheduler())
  let server: WebServer
  let at = ''

  beforeAll(async () => {
    mkdirSync(join(folder, 'page/assets/deeper'), { recursive: true })
    writeFileSync(join(folder, 'secret.js'), 'secret')
    writeFileSync(join(folder, 'page/other.html'), 'other')
    writeFileSync(join(folder, 'page/index.html'), '<!doctype html>page')
    writeFileSync(join(folder, 'page/assets/app-1.js'), 'code()')
    writeFileSync(join(folder, 'page/assets/app-1.css'), 'p{}')
    writeFileSync(join(folder, 'page/assets/app-1.unknown'), '?')
    server = new WebServer(
      routesOf(watch, await readPage([new URL('../none/', url), url])),
      undefined,
    )
    at = await server.listen('127.0.0.1', 0)
  })

  afterAll(async () => {
    watch.close()
    await server.close()
    rmSync(folder, { recursive: true })
  })

  it.each([
    ['/', 'text/html; charset=utf-8', '<!doctype html>page', 'no-cache'],
    [
      '/assets/app-1.js',
      'text/javascript; charset=utf-8',
      'code()',
      'public, max-age=31536000, immutable',
    ],
    ['/assets/app-1.css', 'text/css; charset=utf-8', 'p{}', 'public, max-age=31536000, immutable'],
  ])('INS-27 %s is given as what it is, once', async (path, type, body, caching) => {
    const reply = await ask(at, path)
    expect(reply).toMatchObject({
      status: 200,
      body,
      headers: {
        'content-type': type,
        'cache-control': caching,
        'x-content-type-options': 'nosniff',
      },
    })
    const { etag } = reply.headers
    expect(etag).toMatch(/^"[\w-]{43}"$/)
    const again = await ask(at, path, { headers: { 'If-None-Match': String(etag) } })
    expect(again).toMatchObject({ status: 304, body: '', headers: { etag } })
    const other = await ask(at, path, { headers: { 'If-None-Match': '"other"' } })
    expect(other).toMatchObject({ status: 200, body })
  })

  it('INS-27 is what was there at the start, and nothing else', async () => {
    writeFileSync(join(folder, 'page/assets/late.js'), 'late')
    writeFileSync(join(folder, 'page/assets/app-1.js'), 'changed')
    for (const path of [
      '/assets/late.js',
      '/assets/deeper',
      '/assets/app-1.unknown',
      '/other.html',
      '/assets/../../secret.js',
    ])
      expect((await ask(at, path)).status).toBe(404)
    expect((await ask(at, '/assets/app-1.js')).body).toBe('code()')
  })

  it('INS-27 that was not built says so, and all else is there', async () => {
    expect((await readPage([new URL('../none/', url)])).size).toBe(0)
    const bare = new WebServer(routesOf(watch, new Map()), undefined)
    const url2 = await bare.listen('127.0.0.1', 0)
    const reply = await ask(url2, '/')
    expect(reply.body).toMatch(/not built/)
    expect(reply.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect((await ask(url2, '/snapshot')).status).toBe(200)
    await bare.close()
  })

  it('INS-27 its files need no token, for they tell nothing about a program', async () => {
    const page = await readPage([url])
    const closed = new WebServer(routesOf(watch, page), 'a-token-of-the-test')
    const url2 = await closed.listen('127.0.0.1', 0)
    expect((await ask(url2, '/assets/app-1.css')).status).toBe(200)
    expect((await ask(url2, '/')).status).toBe(200)
    expect((await ask(url2, '/snapshot')).status).toBe(401)
    await closed.close()
  })
})
