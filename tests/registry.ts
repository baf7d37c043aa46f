import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { run } from './workspace.js'

/** The manifest of one version, as the registry keeps it. */
export interface PublishedManifest {
  readonly name: string
  readonly version: string
  readonly dist: { readonly tarball: string; readonly integrity: string }
  readonly [field: string]: unknown
}

interface Publication {
  readonly name: string
  readonly access?: string
  readonly 'dist-tags': Readonly<Record<string, string>>
  readonly versions: Readonly<Record<string, PublishedManifest>>
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>
}

interface Stored {
  readonly tags: Record<string, string>
  readonly versions: Map<string, { manifest: PublishedManifest; tarball: Buffer }>
}

const integrityOf = (data: Buffer): string =>
  `sha512-${createHash('sha512').update(data).digest('base64')}`

/**
 * Serves packages on 127.0.0.1 as the registry of npm does, from memory: `PUT` publishes, `GET` returns the versions of a package and their
 * tarballs. There is no other registry behind it: what was not published here is 404. It refuses what npm refuses: no token (401), a
 * scoped package without public access (402), a version that exists (403), a tarball that is not what its manifest says (400).
 */
export class Registry implements AsyncDisposable {
  /** The token that publishing needs. */
  static readonly TOKEN = 'of-the-rehearsal'
  /** Names of the packages whose tarballs were downloaded, in order. */
  readonly downloads: string[] = []
  readonly #packages = new Map<string, Stored>()
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) =>
      reply(response, 500, { error: `${error}` }),
    )
  })

  private constructor() {}

  /** Opens one on a free port. */
  static async open(): Promise<Registry> {
    const registry = new Registry()
    registry.#server.listen(0, '127.0.0.1')
    await once(registry.#server, 'listening')
    return registry
  }

  /** Opens one that has the packages of these tarballs. */
  static async serve(folder: string, tarballs: readonly string[]): Promise<Registry> {
    const registry = await Registry.open()
    for (const file of tarballs) {
      const { stdout } = await run('tar', ['-xzOf', join(folder, file), 'package/package.json'])
      registry.add(JSON.parse(stdout), await readFile(join(folder, file)))
    }
    return registry
  }

  /** Its address, with a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** The manifests of all that was published, in the order of publication. */
  get published(): readonly PublishedManifest[] {
    return [...this.#packages.values()].flatMap(({ versions }) =>
      [...versions.values()].map(({ manifest }) => manifest),
    )
  }

  /** Puts a package there without a client. */
  add(manifest: { readonly name: string; readonly version: string }, tarball: Buffer): void {
    const { name, version } = manifest
    const stored: Stored = this.#packages.get(name) ?? { tags: {}, versions: new Map() }
    this.#packages.set(name, stored)
    const file = `${name.split('/').at(-1)}-${version}.tgz`
    const dist = { tarball: `${this.url}${name}/-/${file}`, integrity: integrityOf(tarball) }
    stored.versions.set(version, { manifest: { ...manifest, dist }, tarball })
    stored.tags['latest'] = version
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', this.url).pathname).slice(1)
    if (request.method === 'PUT') return this.#publish(request, response)
    if (request.method !== 'GET') return reply(response, 405, { error: 'GET or PUT' })
    const [name = '', file] = path.split('/-/')
    const stored = this.#packages.get(name)
    if (!stored) return reply(response, 404, { error: `not published here: ${name}` })
    if (file === undefined) {
      const versions = [...stored.versions].map(([version, { manifest }]) => [version, manifest])
      const document = { name, 'dist-tags': stored.tags, versions: Object.fromEntries(versions) }
      return reply(response, 200, document)
    }
    const found = [...stored.versions.values()].find(({ manifest }) =>
      manifest.dist.tarball.endsWith(`/${file}`),
    )
    if (!found) return reply(response, 404, { error: `no such tarball: ${file}` })
    this.downloads.push(name)
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(found.tarball)
  }

  async #publish(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.headers.authorization !== `Bearer ${Registry.TOKEN}`)
      return reply(response, 401, { error: 'publishing needs the token' })
    const publication = JSON.parse(Buffer.concat(chunks).toString()) as Publication
    const { name, access } = publication
    const [manifest] = Object.values(publication.versions)
    const [attachment] = Object.values(publication._attachments)
    if (!manifest || !attachment)
      return reply(response, 400, { error: 'no version, or no tarball' })
    const tarball = Buffer.from(attachment.data, 'base64')
    if (manifest.dist.integrity !== integrityOf(tarball))
      return reply(response, 400, { error: 'the tarball is not what its manifest says' })
    if (name.startsWith('@') && access !== 'public')
      return reply(response, 402, { error: `private packages cost money: ${name}` })
    if (this.#packages.get(name)?.versions.has(manifest.version))
      return reply(response, 403, { error: `${name}@${manifest.version} exists` })
    this.add(manifest, tarball)
    reply(response, 201, { ok: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
