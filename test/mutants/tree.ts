import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Defence } from './define.ts'
import { mutate } from './mutate.ts'

/** A copy of the tree as it is now, in which one mutant at a time lives. */
export interface Tree {
  folder: string
  /** Runs `work` with the mutant in place, and puts the source back. */
  without<T>(defence: Defence, work: () => Promise<T>): Promise<T>
  remove(): void
}

/** Every file that git knows or would add; the installed packages are linked. */
export function copyTree(root: string): Tree {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-mutants-'))
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' }).split('\0')
  for (const file of files) {
    // Deleted but still in the index, or a link to a folder (installed packages may be one).
    if (file === '' || !statSync(join(root, file), { throwIfNoEntry: false })?.isFile()) continue
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return {
    folder,
    async without(defence, work) {
      const path = join(folder, defence.file)
      const source = readFileSync(path, 'utf8')
      writeFileSync(path, mutate(source, defence))
      try {
        return await work()
      } finally {
        writeFileSync(path, source)
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
