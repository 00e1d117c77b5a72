import type { JSX } from "preact";
import { useId } from "preact/hooks";

interface Props {
  label: string;
  value: string;
  write: (text: string) => void;
  error?: string | undefined;
  required?: boolean;
  mode?: "numeric" | "decimal" | "url";
  type?: "text" | "password";
  /** Values to choose from, without keeping others away. */
  known?: string[];
}

/** A text field with its label, and with what the node answered about its value. */
export function Field({ label, value, write, error, required, mode, type, known }: Props): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label htmlFor={id}>
        {label}
        {!required && <em> optional</em>}
      </label>
      <input
        id={id}
        type={type ?? "text"}
        value={value}
        required={required}
        inputMode={mode}
        autoComplete="off"
        spellcheck={false}
        list={known && `${id}-known`}
        aria-invalid={error !== undefined}
        aria-describedby={error && `${id}-error`}
        onInput={(event) => write(event.currentTarget.value)}
      />
      {known && (
        <datalist id={`${id}-known`}>
          {known.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
