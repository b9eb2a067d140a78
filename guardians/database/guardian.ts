import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const database = defineGuardian('database', {
  title: { en: 'Databases, caches and search', ja: 'データベース・キャッシュ・検索' },
  checks,
})
