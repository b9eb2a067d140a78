import type { Catalog } from '../../../core/catalog/catalog.ts'

/** What one component has to do with another. `steps`: how many dependencies lie between them. */
export type Relation = { kind: 'same' } | { kind: 'dependency' | 'dependent'; steps: number }

/** Beyond it, nearly everything has to do with everything. */
const stepsMax = 3

/** Everything that has to do with a component, nearest first, itself included. Empty when it is not configured. */
export function relationsOf({ components, findComponent }: Catalog, id: string): Map<string, Relation> {
  const relations = new Map<string, Relation>()
  if (!findComponent(id)) return relations
  relations.set(id, { kind: 'same' })
  const users = new Map<string, string[]>()
  for (const component of components)
    for (const needed of component.dependsOn) users.set(needed, [...(users.get(needed) ?? []), component.id])
  walk(id, 'dependency', relations, (at) => findComponent(at)?.dependsOn ?? [])
  walk(id, 'dependent', relations, (at) => users.get(at) ?? [])
  return new Map([...relations].sort(([, a], [, b]) => stepsOf(a) - stepsOf(b)))
}

const stepsOf = (relation: Relation) => (relation.kind === 'same' ? 0 : relation.steps)

/** What is known already stays as it is, and is gone through all the same; a circle ends where it was closed. */
function walk(
  from: string,
  kind: 'dependency' | 'dependent',
  relations: Map<string, Relation>,
  next: (id: string) => readonly string[],
): void {
  const seen = new Set([from])
  let edge = [from]
  for (let steps = 1; steps <= stepsMax && edge.length > 0; steps++) {
    edge = [...new Set(edge.flatMap(next))].filter((id) => !seen.has(id))
    for (const id of edge) {
      seen.add(id)
      if (!relations.has(id)) relations.set(id, { kind, steps })
    }
  }
}
