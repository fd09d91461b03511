import { Field } from './field.tsx';

interface FileFieldProps {
  readonly label: string;
  readonly error?: string | undefined;
  /** Which files are offered: types and endings, as a file input takes them. */
  readonly accept: string;
  readonly onChoose: (file: File | undefined) => void;
}

/** A file to choose. */
export function FileField({ label, error, accept, onChoose }: FileFieldProps) {
  return (
    <Field label={label} error={error}>
      {(control) => (
        <input
          {...control}
          type="file"
          accept={accept}
          className="text-sm file:mr-3 file:h-9 file:rounded-md file:border file:border-solid file:border-line-strong file:bg-raised file:px-3 file:text-text"
          onChange={(event) => onChoose(event.target.files?.[0])}
        />
      )}
    </Field>
  );
}
