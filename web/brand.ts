import type { Plugin } from 'vite'
import { config } from './src/config.ts'

const grounds = { light: '#f4f6fb', dark: '#0a0e16' } as const

/** What a phone or desktop needs to install the site; `npm run icons` draws the icons from the mark. */
const manifest = {
  name: config.productName,
  short_name: config.productName,
  description: config.promise,
  id: '/',
  start_url: '/dashboard',
  scope: '/',
  display: 'standalone',
  background_color: grounds.dark,
  theme_color: grounds.dark,
  icons: [
    { src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    { src: '/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
    { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
    { src: '/icon-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
}

/** Writes the name of the product and the colours of its pages into `index.html` and the web manifest. */
export function brand(): Plugin {
  return {
    name: 'brand',
    transformIndexHtml: (html) =>
      html
        .replaceAll('%NAME%', config.productName)
        .replaceAll('%PROMISE%', config.promise)
        .replaceAll('%LIGHT%', grounds.light)
        .replaceAll('%DARK%', grounds.dark),
    generateBundle() {
      this.emitFile({
        type: 'asset',
        fileName: 'site.webmanifest',
        source: JSON.stringify(manifest),
      })
    },
  }
}
