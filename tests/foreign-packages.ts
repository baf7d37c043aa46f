import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { type Manifest, packages } from './workspace.js'

/** The folders of all packages that are not ours and that ours need, and those that they need. */
export async function foreignPackages(): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const collect = async (directory: string, modules: string): Promise<void> => {
    const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Manifest
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (packages.some((each) => each.name === name)) continue
      const dependency = await realpath(join(modules, name))
      if (found.has(dependency)) continue
      found.add(dependency)
      // pnpm puts what a package needs beside it.
      await collect(dependency, dependency.slice(0, -name.length))
    }
  }
  for (const { directory } of packages) await collect(directory, join(directory, 'node_modules'))
  return found
}
