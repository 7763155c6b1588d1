import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precompress } from '../precompress.ts'

export default defineConfig({
  plugins: [react(), precompress()],
  base: '/playground/',
  build: {
    outDir: '../dist/playground',
    emptyOutDir: true,
    sourcemap: false,
    chunkSizeWarningLimit: 8000,
    modulePreload: { polyfill: false },
  },
})
