/** Fields of a manifest that only development needs. */
const DEVELOPMENT = ['devDependencies', 'scripts']

export const hooks = {
  /** Changes what pnpm writes into a tarball; the manifest in the repository stays as it is. */
  beforePacking(manifest) {
    for (const field of DEVELOPMENT) delete manifest[field]
    // In the repository it is any version, because changesets make a major version of a peer dependency that leaves its range.
    if (manifest.peerDependencies?.['@udpng/native'])
      manifest.peerDependencies['@udpng/native'] = `^${manifest.version}`
    return manifest
  },
}
