import { execFile } from 'node:child_process'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')
const vite = join(createRequire(import.meta.url).resolve('vite/package.json'), '../bin/vite.js')
const built = join(root, 'dist/page')

/** Builds the page if its sources are newer than it is, so that what is tested is what was written. */
export async function buildPage(): Promise<void> {
  if ((await newest(join(root, 'page'))) < (await timeOf(join(built, 'index.html')))) return
  // Other tests serve the one that is there meanwhile.
  const [next, last] = [`${built}.${process.pid}.next`, `${built}.${process.pid}.last`]
  // In a process of its own, for here everything is built for tests.
  await promisify(execFile)(
    process.execPath,
    [vite, 'build', '--logLevel', 'error', '--outDir', next],
    { cwd: root, env: { ...process.env, NODE_ENV: 'production' } },
  )
  await rename(built, last).catch(() => {})
  await rename(next, built)
  await rm(last, { recursive: true, force: true })
}

async function newest(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true })
  return Math.max(...(await Promise.all(entries.map((entry) => timeOf(join(folder, entry))))))
}

/** When it was written; 0 when it is not there. */
async function timeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
}
