import { join } from 'node:path'
import { defineConfig, type UserConfig } from 'vite'

const config: UserConfig = defineConfig({
  root: join(import.meta.dirname, 'page'),
  base: './',
  build: {
    outDir: join(import.meta.dirname, 'dist/page'),
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // where light-dark() is known
    assetsInlineLimit: 0, // the page's policy allows no data: but for pictures
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.md' }, // of what is bundled
    reportCompressedSize: false,
  },
})

export default config
