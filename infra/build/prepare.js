/**
 * npm runs this after `npm ci` in a clone, on whatever Node is there: builds the board, which takes a second or two. Plain
 * JavaScript, because an old Node cannot run TypeScript; and never a reason for an installation to fail, because all but the
 * board works without it.
 */
import { existsSync } from 'node:fs'
import process from 'node:process'

const at = (path) => new URL(`../../${path}`, import.meta.url)
const [major, minor] = process.versions.node.split('.').map(Number)

/** Why there is nothing to build here, or null. */
function skipped() {
  if (!existsSync(at('console/vite.config.ts'))) return 'this package has no source of the board'
  if (!existsSync(at('node_modules/vite'))) return 'the development dependencies are not installed'
  if (major < 22 || (major === 22 && minor < 18)) return `Node ${process.versions.node} is too old to build it`
  return null
}

const reason = skipped()
if (reason !== null) {
  console.log(`The board was not built: ${reason}. Everything else works without it.`)
} else {
  process.argv.push('--console')
  await import('./build.ts').catch((error) => {
    console.error(`The board was not built: ${error instanceof Error ? error.message : error}`)
    console.error('Everything else works without it. To try again: npm run build -- --console')
  })
}
