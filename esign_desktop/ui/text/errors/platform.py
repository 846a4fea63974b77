"""Sentences for what goes wrong between here and the signing platform."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def connection_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code, for getting there and being understood."""
    return {
        "api.no_network": (
            translate("ErrorSentences", "The platform can't be reached: there is no connection."),
            translate(
                "ErrorSentences", "Check the network cable or Wi-Fi, and the address in Settings; then try again."
            ),
        ),
        "api.timeout": (
            translate("ErrorSentences", "The platform did not answer in time."),
            translate(
                "ErrorSentences", "Try again in a moment; if it happens often, ask whoever looks after the network."
            ),
        ),
        "api.tls": (
            translate("ErrorSentences", "The connection is not secure: the platform's certificate can't be trusted."),
            translate(
                "ErrorSentences",
                "Nothing was sent. If your company checks encrypted traffic, its certificate authority must be"
                " installed in the operating system; otherwise somebody may be listening.",
            ),
        ),
        "api.clock": (
            translate(
                "ErrorSentences", "The platform's certificate is not valid at the time that this computer shows."
            ),
            translate("ErrorSentences", "Set the computer's date and time, then try again. Nothing was sent."),
        ),
        "api.proxy": (
            translate("ErrorSentences", "The proxy can't be reached, or does not let this connection through."),
            translate("ErrorSentences", "Check the proxy in Settings; leave it empty for a direct connection."),
        ),
        "api.reset": (
            translate("ErrorSentences", "The connection broke before the platform had answered."),
            translate("ErrorSentences", "Try again; what had been done already is not done twice."),
        ),
        "api.cancelled": (
            translate("ErrorSentences", "The call was interrupted, and it isn't known whether it took effect."),
            translate("ErrorSentences", "Look at the contract in Track before you send it again."),
        ),
        "api.bad_address": (
            translate("ErrorSentences", "This address can't be used: {detail}"),
            translate("ErrorSentences", "Enter a complete https address in Settings."),
        ),
        "api.forbidden_address": (
            translate(
                "ErrorSentences",
                "The platform named an address that leads into this computer or its network, or is not secure; it was"
                " not opened.",
            ),
            translate(
                "ErrorSentences",
                "Tell whoever looks after the network. If files of this platform do lie in your own network, allow that"
                " in Settings.",
            ),
        ),
        "api.bad_project_id": (
            translate("ErrorSentences", "The project id holds characters that it can't have."),
            translate("ErrorSentences", "Copy it again from the platform's console into Settings."),
        ),
        "api.wrong_secret": (
            translate("ErrorSentences", "The platform does not accept the project id and secret."),
            translate(
                "ErrorSentences", "Enter both again in Settings, for this very environment, and test the connection."
            ),
        ),
        "api.unverified": (
            translate("ErrorSentences", "The answer does not carry the platform's signature and was not trusted."),
            translate(
                "ErrorSentences",
                "Check the secret in Settings. If it is right, something on the way changes the traffic: tell whoever"
                " looks after the network.",
            ),
        ),
    }


def answer_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code, for what the platform and its file storage answer."""
    return {
        "api.http_status": (
            translate("ErrorSentences", "The platform is unavailable at the moment (HTTP {status})."),
            translate("ErrorSentences", "Try again in a few minutes."),
        ),
        "api.http_status 4xx": (
            translate("ErrorSentences", "The signing platform does not answer at this address (HTTP {status})."),
            translate(
                "ErrorSentences",
                "Check address and proxy in Settings, the path behind the host too; to try again does not help.",
            ),
        ),
        "api.http_status 429": (
            translate("ErrorSentences", "The platform is asked too often at the moment (HTTP {status})."),
            translate("ErrorSentences", "Try again in a few minutes."),
        ),
        "api.protocol": (
            translate("ErrorSentences", "The answer could not be understood."),
            translate("ErrorSentences", "Check the address in Settings: it may not be that of the signing platform."),
        ),
        "api.too_large": (
            translate("ErrorSentences", "The answer is too large to be right and was not read."),
            translate("ErrorSentences", "Check the address in Settings: it may not be that of the signing platform."),
        ),
        "api.refused": (
            translate("ErrorSentences", "The platform refused: {msg} ({err_code})"),
            translate("ErrorSentences", "Put right what it names, then try again. The number helps its support."),
        ),
        "api.upload_expired": (
            translate("ErrorSentences", "The permission to upload had expired."),
            translate("ErrorSentences", "Try again: a new one is asked for."),
        ),
        "api.upload_md5": (
            translate("ErrorSentences", "The file arrived differently from how it was sent, and was not accepted."),
            translate("ErrorSentences", "Try again. If it happens again, something on the way changes the traffic."),
        ),
        "api.upload_failed": (
            translate("ErrorSentences", "The file storage did not accept the file (HTTP {status} {storage_code})."),
            translate("ErrorSentences", "Try again in a few minutes."),
        ),
        "api.download_expired": (
            translate("ErrorSentences", "The permission to download had expired."),
            translate("ErrorSentences", "Try again: a new one is asked for."),
        ),
        "api.download_failed": (
            translate("ErrorSentences", "The file storage did not return the file (HTTP {status} {storage_code})."),
            translate("ErrorSentences", "Try again in a few minutes."),
        ),
        "api.download_exists": (
            translate("ErrorSentences", "A file of that name is there already; it was not overwritten."),
            translate("ErrorSentences", "Choose another folder, or move the file away."),
        ),
    }


def calibration_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy of what keeps a platform from being calibrated."""
    return {
        "calibration.binding": (
            translate("ErrorSentences", "Nothing was sent: contracts have legal effect in this environment."),
            translate("ErrorSentences", "Calibrate the test environment; what is found out can be set here by hand."),
        ),
        "calibration.unknown_sealer": (
            translate("ErrorSentences", "Nothing was sent: no organization of this name is known in this environment."),
            translate("ErrorSentences", "Write it as Settings shows it, or leave --sealed-by out."),
        ),
        "calibration.held": (
            translate("ErrorSentences", "It is not known whether the calibration sheet reached the platform."),
            translate("ErrorSentences", "Decide about it in Track, under what is not finished. No other one is sent."),
        ),
        "calibration.not_complete": (
            translate("ErrorSentences", "The platform has not sealed the sheet within {minutes} min."),
            translate("ErrorSentences", "Wait for it once more, or cancel it: then it is revoked and costs nothing."),
        ),
        "calibration.not_sealed": (
            translate("ErrorSentences", "The platform ended the sheet without sealing it."),
            translate("ErrorSentences", "Ask the platform whether your application may seal silently there."),
        ),
        "calibration.other_file": (
            translate("ErrorSentences", "The sealed file does not have the pages that were sent."),
            translate(
                "ErrorSentences", "Nothing can be measured on it. Cancel this one, and set what you know by hand."
            ),
        ),
    }
