import type { DrillScript } from './define.ts'
import { drills } from './registry.ts'

export const drillOf = (scenario: string): DrillScript | undefined => drills.find(({ id }) => id === scenario)
