import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Manifest, run } from './workspace.js'

interface Tarball {
  readonly manifest: Manifest
  readonly data: Buffer
}

/** A registry of npm packages on 127.0.0.1 that serves tarballs: npm installs from it as from the public one. */
export class Registry implements AsyncDisposable {
  /** Names of the packages whose tarballs were downloaded, in order. */
  readonly downloads: string[] = []
  readonly #tarballs: readonly Tarball[]
  readonly #server: Server

  private constructor(tarballs: readonly Tarball[]) {
    this.#tarballs = tarballs
    this.#server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? '')
      const index = /^\/-\/(\d+)\.tgz$/.exec(path)?.[1]
      const tarball = index === undefined ? undefined : this.#tarballs[Number(index)]
      if (tarball) this.downloads.push(tarball.manifest.name)
      const body = tarball ? tarball.data : this.#packument(path.slice(1))
      response.writeHead(body ? 200 : 404, { 'Content-Type': 'application/json' })
      response.end(body ?? '{"error":"not found"}')
    })
  }

  /** Serves the tarballs of a folder. */
  static async serve(folder: string, files: readonly string[]): Promise<Registry> {
    const tarballs: Tarball[] = []
    for (const file of files) {
      const { stdout } = await run('tar', ['-xzOf', join(folder, file), 'package/package.json'])
      const manifest = JSON.parse(stdout) as Manifest
      tarballs.push({ manifest, data: await readFile(join(folder, file)) })
    }
    const registry = new Registry(tarballs)
    registry.#server.listen(0, '127.0.0.1')
    await once(registry.#server, 'listening')
    return registry
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** All that there is of a package, as npm asks for it; undefined when there is nothing. */
  #packument(name: string): string | undefined {
    const versions = this.#tarballs.flatMap(({ manifest, data }, i) => {
      if (manifest.name !== name) return []
      const integrity = `sha512-${createHash('sha512').update(data).digest('base64')}`
      const dist = { tarball: `${this.url}-/${i}.tgz`, integrity }
      return [[manifest.version, { ...manifest, dist }] as const]
    })
    const latest = versions.at(-1)?.[0]
    if (latest === undefined) return undefined
    return JSON.stringify({
      name,
      'dist-tags': { latest },
      versions: Object.fromEntries(versions),
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
