import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const lambda = defineGuardian('lambda', {
  title: { en: 'Functions: health, limits, memory', ja: '関数の健全性・上限・メモリ' },
  checks,
})
