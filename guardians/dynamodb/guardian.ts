import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const dynamodb = defineGuardian('dynamodb', {
  title: { en: 'DynamoDB tables', ja: 'DynamoDB テーブル' },
  checks,
})
