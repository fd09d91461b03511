import { CopyButton } from './copy-button.tsx';

interface SecretOutputProps {
  readonly label: string;
  /** null = it was shown before, and is not shown again. */
  readonly secret: string | null;
  /** What stands there instead of it. */
  readonly gone: string;
}

/** A secret that is shown once, to copy. */
export function SecretOutput({ label, secret, gone }: SecretOutputProps) {
  return (
    <div className="flex items-center gap-1 rounded-md border border-field bg-bg pl-3">
      <output aria-label={label} className="min-w-0 flex-1 py-3 font-mono text-sm break-all select-all">
        {secret ?? gone}
      </output>
      {secret !== null && <CopyButton text={secret} className="mr-1" />}
    </div>
  );
}
