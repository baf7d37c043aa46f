import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'

/** A file of the page. */
export interface PageFile {
  readonly type: string
  readonly body: Buffer
  readonly etag: string
}

/** The page by path: `/`, `/assets/index-1a2b3c.js`. */
export type Page = ReadonlyMap<string, PageFile>

/** The file types of a page. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/**
 * Reads all files of the built page once; requests are then looked up by their whole path.
 *
 * @param folders - the folders to try (default: beside this file as built; or, for the source file, where that would be)
 * @returns the files by path; empty if the page was not built
 */
export async function readPage(folders: readonly URL[] = usual()): Promise<Page> {
  for (const folder of folders)
    try {
      return await readFolder(folder)
    } catch {
      // not there
    }
  return new Map()
}

function usual(): URL[] {
  return ['./page/', '../../dist/page/'].map((folder) => new URL(folder, import.meta.url))
}

async function readFolder(folder: URL): Promise<Page> {
  const page = new Map([['/', await readOne(new URL('index.html', folder))]])
  const assets = new URL('assets/', folder)
  for (const name of await readdir(assets))
    if (TYPES[extname(name)]) page.set(`/assets/${name}`, await readOne(new URL(name, assets)))
  return page
}

async function readOne(file: URL): Promise<PageFile> {
  const body = await readFile(file)
  const digest = createHash('sha256').update(body).digest('base64url')
  return { body, etag: `"${digest}"`, type: TYPES[extname(file.pathname)] ?? 'text/plain' }
}
