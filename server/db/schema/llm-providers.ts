import type { Generated } from 'kysely';

export interface LlmProvidersTable {
  id: string;
  user_id: string;
  name: string;
  provider_type: string;
  api_endpoint: string | null;
  model_name: string;
  api_key_encrypted: string | null;
  config_json: Generated<string>;
  is_active: Generated<number>;
  created_at: number;
  updated_at: number;
  deleted_at: Generated<number | null>;
}
