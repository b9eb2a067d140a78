import type { Defence } from './define.ts'

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** White space counts as white space only, so that a formatter does not make every mutant stale. */
const pattern = (find: string) => new RegExp(find.trim().split(/\s+/).map(literal).join('\\s+'), 'g')

export const matches = (source: string, find: string) => [...source.matchAll(pattern(find))].length

/** The source without the defence. Throws when its place is not found, or not only once: the list is stale then. */
export function mutate(source: string, { id, file, find, replace }: Pick<Defence, 'id' | 'file' | 'find' | 'replace'>): string {
  const count = matches(source, find)
  if (count !== 1) throw new Error(`stale mutant "${id}": its text stands ${count} times in ${file}, not once:\n  ${find}`)
  const mutant = source.replace(pattern(find), () => replace)
  if (mutant === source) throw new Error(`stale mutant "${id}": it changes nothing in ${file}`)
  return mutant
}
