/** A price that an administrator has set; the newest that is valid counts. USD for a million tokens. */
export interface ModelPricesTable {
  id: string;
  /** As in `llm/presets.ts`. */
  preset: string;
  model: string;
  input_usd: number;
  output_usd: number;
  /** null = as `input_usd`. */
  cached_input_usd: number | null;
  /** Wall clock. */
  valid_from: number;
  created_at: number;
}
